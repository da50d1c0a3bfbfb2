//! What Spotify's rules say about the use of an answer.

/// A rule of Spotify's Developer Policy that the OpenAPI document attaches to an operation
/// (`x-spotify-policy-list`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// Content must not be downloaded.
    Downloading,
    /// Pictures must not be altered.
    VisualAlteration,
    /// Content must be attributed and link back to Spotify.
    Attribution,
    /// Content must not train a model, nor be ingested into one.
    MachineLearning,
    /// A streaming application must not be commercial.
    CommercialStreaming,
    /// What is played must not be altered.
    ContentAlteration,
    /// What is played must not be synchronised with pictures.
    Synchronization,
    /// What is played must not be broadcast.
    Broadcasting,
    /// Content must not be mixed with that of other services.
    MultipleIntegrations,
}

impl Policy {
    /// Returns the rule's name in Spotify's OpenAPI document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Downloading => "Downloading",
            Self::VisualAlteration => "VisualAlteration",
            Self::Attribution => "Attribution",
            Self::MachineLearning => "MachineLearning",
            Self::CommercialStreaming => "CommercialStreaming",
            Self::ContentAlteration => "ContentAlteration",
            Self::Synchronization => "Synchronization",
            Self::Broadcasting => "Broadcasting",
            Self::MultipleIntegrations => "MultipleIntegrations",
        }
    }
}

/// The document's `metadataPolicyList`.
pub(crate) const METADATA: &[Policy] =
    &[Policy::Downloading, Policy::VisualAlteration, Policy::Attribution];

/// The document's `metadataWithMachineLearningPolicyList`.
pub(crate) const METADATA_AND_MODELS: &[Policy] =
    &[Policy::Downloading, Policy::VisualAlteration, Policy::Attribution, Policy::MachineLearning];

/// The rule about machine learning alone.
pub(crate) const MODELS: &[Policy] = &[Policy::MachineLearning];

/// The document's `playerPolicyList`.
pub(crate) const PLAYER: &[Policy] = &[
    Policy::CommercialStreaming,
    Policy::ContentAlteration,
    Policy::Synchronization,
    Policy::Broadcasting,
];

/// The rule about other services alone.
pub(crate) const OTHER_SERVICES: &[Policy] = &[Policy::MultipleIntegrations];
