//! How alike two texts are to a person: case, accents, script and a slip of the finger do not matter.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// A text as it is compared: words of plain lower-case letters and digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Folded(String);

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let lower = text.replace('&', " and ").to_lowercase();
        let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(&lower);
        let mut plain = String::with_capacity(decomposed.len());
        let mut gap = false;
        for character in decomposed.chars() {
            match character {
                // Marks on letters, which NFKD has set apart, and apostrophes.
                '\u{300}'..='\u{36f}'
                | '\u{591}'..='\u{5c7}'
                | '\u{64b}'..='\u{65f}'
                | '\''
                | '’' => {}
                letter if letter.is_alphanumeric() || is_vowel_sign(letter) => {
                    if gap && !plain.is_empty() {
                        plain.push(' ');
                    }
                    gap = false;
                    match latin(letter) {
                        Some(latin) => plain.push_str(latin),
                        None => plain.push(letter),
                    }
                }
                _ => gap = true,
            }
        }
        Self(plain)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells how alike two texts are, 0 to 1, by the edits that make one of the other.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        let (left, right): (Vec<char>, Vec<char>) =
            (self.0.chars().collect(), other.0.chars().collect());
        let longer = left.len().max(right.len());
        if longer == 0 {
            return 0.0;
        }
        let differing = left.len().abs_diff(right.len());
        // Texts of so different a length are not alike, whatever the edits.
        let edits = if 2 * differing > longer { longer } else { edits(&left, &right) };
        let whole = u32::try_from(longer).map_or(f64::MAX, f64::from);
        1.0 - u32::try_from(edits).map_or(whole, f64::from) / whole
    }

    /// Whether the words of another text stand in this one, in their order.
    pub(super) fn holds(&self, other: &Self) -> bool {
        format!(" {} ", self.0).contains(&format!(" {} ", other.0))
    }
}

/// Vowel signs of the scripts of India and of Thai, which belong to the letter before them.
const fn is_vowel_sign(character: char) -> bool {
    matches!(character, '\u{900}'..='\u{eff}')
}

/// Counts insertions, removals, replacements and swaps of neighbours (optimal string alignment).
fn edits(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, one) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at =
                |list: &[usize], place: usize| list.get(place).copied().unwrap_or(usize::MAX - 1);
            let change = at(&last, column) + usize::from(one != other);
            let mut least = change.min(at(&last, column + 1) + 1).min(at(&next, column) + 1);
            let swapped = row > 0
                && column > 0
                && left.get(row - 1) == Some(other)
                && right.get(column - 1) == Some(one);
            if swapped {
                least = least.min(at(&before, column - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(0)
}

/// Writes a letter that NFKD leaves whole in Latin letters.
#[expect(clippy::match_same_arms, reason = "Latin letters stand apart from those of other scripts")]
const fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'þ' => "th",
        'ı' => "i",
        'а' | 'α' => "a",
        'б' => "b",
        'в' | 'β' => "v",
        'г' | 'γ' => "g",
        'д' | 'δ' => "d",
        'е' | 'э' | 'ε' => "e",
        'ж' => "zh",
        'з' | 'ζ' => "z",
        'и' | 'і' | 'η' | 'ι' => "i",
        'к' | 'κ' => "k",
        'л' | 'λ' => "l",
        'м' | 'μ' => "m",
        'н' | 'ν' => "n",
        'о' | 'ο' | 'ω' => "o",
        'п' | 'π' => "p",
        'р' | 'ρ' => "r",
        'с' | 'σ' | 'ς' => "s",
        'т' | 'τ' => "t",
        'у' => "u",
        'ф' | 'φ' => "f",
        'х' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ы' | 'υ' => "y",
        'ь' | 'ъ' => "",
        'ю' => "yu",
        'я' => "ya",
        'θ' => "th",
        'ξ' => "x",
        'χ' => "ch",
        'ψ' => "ps",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_script_and_punctuation_fold_away() {
        for (text, folded) in [
            ("  Señora  Élan! ", "senora elan"),
            ("Don’t Stop & Go", "dont stop and go"),
            ("Straße, Łódź", "strasse lodz"),
            ("Белый Поезд", "belyi poezd"),
            ("Μικρή Αυγή", "mikri aygi"),
            ("夜の灯台", "夜の灯台"),
        ] {
            assert_eq!(Folded::of(text).as_str(), folded);
        }
    }

    #[test]
    fn a_slip_costs_one_edit_and_a_swap_too() {
        let like = |left: &str, right: &str| Folded::of(left).likeness(&Folded::of(right));
        assert!((like("midnight", "midnight") - 1.0).abs() < 1e-9);
        for slip in ["midnigth", "midnght", "midnnight", "midmight"] {
            assert!(like("midnight", slip) > 0.87, "{slip}");
        }
        assert!(like("midnight", "harvest") < 0.3);
        assert!(like("", "").abs() < 1e-9);
    }

    #[test]
    fn words_are_held_whole() {
        let text = Folded::of("The Paper Lanterns, Otto");
        assert!(text.holds(&Folded::of("paper lanterns")));
        assert!(!text.holds(&Folded::of("aper lan")));
    }
}
