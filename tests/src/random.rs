//! Numbers that depend on nothing but the seed.

/// `SplitMix64`: small, fast, and the same on every machine. Nothing here needs to be unguessable.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Creates a generator whose stream depends on `text` alone.
    pub(crate) fn of(text: &str) -> Self {
        // FNV-1a spreads short texts well enough to seed a stream.
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number from 0 to `bound - 1`, or 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// Returns a number from `low` to `high`, both included.
    pub(crate) const fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// Returns true in `percent` of 100 cases.
    pub(crate) const fn percent(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// Returns one of `choices`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        choices.get(self.below(choices.len())).expect("a choice is made from something")
    }

    /// Returns a 22-character Spotify id.
    pub(crate) fn id(&mut self) -> String {
        base62((u128::from(self.next()) << 64) | u128::from(self.next()))
    }

    /// Returns `length` characters of the base62 alphabet.
    pub(crate) fn text(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(ALPHABET))).collect()
    }

    /// Returns `length` lower-case hexadecimal digits.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(*self.pick(b"0123456789abcdef"))).collect()
    }
}

const ALPHABET: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Returns whether `text` is a 22-character base62 number below 2^128.
pub(crate) fn is_id(text: &str) -> bool {
    // The highest id; digits sort before lower case, lower case before upper case in base62, which
    // is not the order of ASCII, so the comparison goes by digit values.
    const HIGHEST: &str = "7N42dgm5tFLK9N8MT7fHC7";
    let values = |text: &str| text.bytes().map(digit).collect::<Option<Vec<_>>>();
    match (values(text), values(HIGHEST)) {
        (Some(value), Some(highest)) => value.len() == highest.len() && value <= highest,
        _ => false,
    }
}

fn digit(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|&known| known == byte)
}

fn base62(mut number: u128) -> String {
    let mut digits = [b'0'; 22];
    for digit in digits.iter_mut().rev() {
        let value = usize::try_from(number % 62).unwrap_or(0);
        *digit = ALPHABET.get(value).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits.iter().map(|&digit| char::from(digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_id_is_the_highest_128_bit_number() {
        assert_eq!(base62(u128::MAX), "7N42dgm5tFLK9N8MT7fHC7");
        assert!(is_id("7N42dgm5tFLK9N8MT7fHC7"));
        assert!(!is_id("7N42dgm5tFLK9N8MT7fHC8"));
        assert!(!is_id("7N42dgm5tFLK9N8MT7fHC"));
        assert!(!is_id("7N42dgm5tFLK9N8MT7fH-7"));
    }

    #[test]
    fn generated_ids_are_ids_and_depend_on_the_seed_alone() {
        let ids = |seed| {
            let mut random = Random::new(seed);
            (0..500).map(|_| random.id()).collect::<Vec<_>>()
        };
        assert!(ids(7).iter().all(|id| is_id(id)));
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
    }
}
