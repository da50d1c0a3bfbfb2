//! Labelled lines as people write them, made of a catalogue. It shares no code with what reads them.

/// A track of the catalogue.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) title: String,
    pub(crate) artists: String,
}

/// A line and what it means.
#[derive(Debug)]
pub(crate) struct Labelled {
    pub(crate) line: String,
    /// Title and first artist of the right tracks; none where there is no right answer. Guests are
    /// not in the line, so an edition with others is as right.
    pub(crate) right: Option<(String, String)>,
}

impl Labelled {
    /// Whether a track, shown as title and artists, is a right answer.
    pub(crate) fn is_right(&self, track: &str) -> bool {
        let (Some((title, artist)), Some((shown, artists))) =
            (&self.right, track.split_once(" | "))
        else {
            return false;
        };
        shown == title && artists.split(", ").any(|shown| shown == artist)
    }
}

/// Draws numbers that depend on nothing but the seed (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap() % end
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Writes a track as a person might, or a line that means no track: 15 of 100.
pub(crate) fn write(dice: &mut Dice, track: &Known) -> Labelled {
    let artist = track.artists.split(", ").next().unwrap().to_owned();
    if dice.percent(15) {
        let nothing = [
            "Quiet Zebra Protocol",
            "Seven Plum Tractors",
            "Xylophone Weather",
            "Nobody's Umbrella",
        ];
        let title = format!("{} {}", dice.pick(&nothing), dice.below(9000));
        let artist = if dice.percent(50) { artist } else { "Garden Variety Wizards".to_owned() };
        return Labelled { line: layout(dice, &artist, &title), right: None };
    }
    let right = Some((track.title.clone(), artist.clone()));
    let (mut artist, mut title) = (artist, track.title.clone());
    match dice.below(10) {
        0 => title = slip(dice, &title),
        1 => artist = slip(dice, &artist),
        2 => (artist, title) = (artist.to_lowercase(), title.to_lowercase()),
        3 => (artist, title) = (plain(&artist), plain(&title)),
        4 => artist = format!("{artist} feat. Somebody Else"),
        5 => title.push_str(" ft. A Guest"),
        _ => {}
    }
    let mut line = layout(dice, &artist, &title);
    match dice.below(8) {
        0 => line.push_str(" (2014)"),
        1 => line.push_str(" [Official Video]"),
        2 => line.push_str(" (Remastered 2009)"),
        3 => line = format!("{}. {line}", dice.below(99) + 1),
        _ => {}
    }
    Labelled { line, right }
}

fn layout(dice: &mut Dice, artist: &str, title: &str) -> String {
    match dice.below(6) {
        0 => format!("{title} - {artist}"),
        1 => format!("{artist} – {title}"),
        2 => format!("{title} by {artist}"),
        3 => format!("{artist} | \"{title}\""),
        _ => format!("{artist} - {title}"),
    }
}

/// Makes one error of the finger in the longest word, if it is long enough.
fn slip(dice: &mut Dice, text: &str) -> String {
    let longest = text.split(' ').max_by_key(|word| word.chars().count()).unwrap_or(text);
    let mut letters: Vec<char> = longest.chars().collect();
    if letters.len() < 5 {
        return text.to_owned();
    }
    let at = 1 + dice.below(letters.len() - 2);
    match dice.below(3) {
        0 => drop(letters.remove(at)),
        1 => letters.swap(at, at + 1),
        _ => letters.insert(at, letters[at]),
    }
    text.replacen(longest, &letters.into_iter().collect::<String>(), 1)
}

/// Writes accented letters without accents, and Cyrillic ones in Latin.
fn plain(text: &str) -> String {
    const PLAIN: &[(&str, &str)] = &[
        ("áàâãäåā", "a"),
        ("éèêëęě", "e"),
        ("íìîï", "i"),
        ("óòôõöøő", "o"),
        ("úùûüůű", "u"),
        ("çćč", "c"),
        ("ñńň", "n"),
        ("śšş", "s"),
        ("źżž", "z"),
        ("ł", "l"),
        ("ř", "r"),
        ("ý", "y"),
        ("ÁÀÂÃÄÅ", "A"),
        ("ÉÈÊË", "E"),
        ("ÍÌÎÏ", "I"),
        ("ÓÒÔÕÖØ", "O"),
        ("ÚÙÛÜ", "U"),
        ("ÇĆČ", "C"),
        ("Ñ", "N"),
        ("ŚŠ", "S"),
        ("ŹŻŽ", "Z"),
        ("Ł", "L"),
        ("Ř", "R"),
    ];
    let plain = |letter: char| {
        let found = PLAIN.iter().find(|(letters, _)| letters.contains(letter));
        found.map_or_else(|| letter.to_string(), |(_, plain)| (*plain).to_owned())
    };
    text.chars().map(plain).collect()
}
