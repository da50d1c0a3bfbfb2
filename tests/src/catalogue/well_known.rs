//! A handful of releases that every seed has, so that documents and demonstrations can name them.

/// An album that always exists, with its tracks in order.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) artist: &'static str,
    pub(super) album: &'static str,
    pub(super) released: &'static str,
    pub(super) tracks: &'static [&'static str],
}

pub(super) const RELEASES: &[Release] = &[
    Release {
        artist: "The Paper Lanterns",
        album: "Harbour Lights",
        released: "2019-05-17",
        tracks: &[
            "Midnight Ferry",
            "Salt and Rain",
            "Harbour Lights",
            "A Letter from the Lighthouse",
            "Low Tide",
            "Northbound",
        ],
    },
    Release {
        artist: "The Paper Lanterns",
        album: "Small Hours",
        released: "2023-10",
        tracks: &["Streetlamp Waltz", "Small Hours", "Last Tram Home"],
    },
    Release {
        artist: "Zażółć Trio",
        album: "Gęślą Jaźń",
        released: "2021-03-05",
        tracks: &["Świt nad Wisłą", "Żółty Autobus", "Noc w Łodzi"],
    },
    Release {
        artist: "Νυχτερινό Τρένο",
        album: "Τελευταίος Σταθμός",
        released: "2018",
        tracks: &["Μικρή Αυγή", "Τελευταίος Σταθμός"],
    },
    Release {
        artist: "Тихий Маяк",
        album: "Северный Берег",
        released: "2020-11-27",
        tracks: &["Белый Поезд", "Северный Берег"],
    },
    Release {
        artist: "夜の灯台",
        album: "雨上がりの手紙",
        released: "2022-06-01",
        tracks: &["真夏のメロディー", "雨上がりの手紙"],
    },
    Release {
        artist: "نجوم الصحراء",
        album: "ضوء القمر",
        released: "2017-09-08",
        tracks: &["رسالة البحر", "ضوء القمر"],
    },
    Release {
        artist: "🦊 Disco",
        album: "Neon Burrow 🌃",
        released: "2024-02-14",
        tracks: &["Tail Lights ✨", "Neon Burrow 🌃"],
    },
];
