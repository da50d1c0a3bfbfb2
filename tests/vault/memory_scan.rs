//! What is left of values and keys in the memory of a live process after use.
//!
//! A binary of its own with one test, so that nothing else is in its memory. It has the allocator
//! that both programs have, which wipes what is freed.

#[cfg(test)]
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod support;

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::alloc::System;
    use std::fs::{File, read_to_string};
    use std::io::BufRead as _;
    use std::os::unix::fs::FileExt as _;

    use rand_core::Rng as _;
    use spotify_vault::{MasterKey, SealedVault, Unlock, Vault as _};
    use zeroize::{Zeroize as _, Zeroizing};
    use zeroizing_alloc::ZeroAlloc;

    use crate::support::{SeededRng, TOKENS, options, subject};

    #[global_allocator]
    static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

    const MASK: u8 = 0x5a;
    const CHUNK: usize = 1 << 20;

    /// At least as long as any needle.
    const LONGEST: usize = 128;

    /// What to look for, kept masked so that the search does not find itself.
    struct Needle(Vec<u8>);

    impl Needle {
        fn of(secret: &[u8]) -> Self {
            Self(secret.iter().map(|byte| byte ^ MASK).collect())
        }

        fn count_in(&self, bytes: &[u8]) -> usize {
            let (first, others) = self.0.split_first().unwrap();
            let mut rest = bytes;
            let mut found = 0;
            // The standard library's search for a byte is fast also where tests are not optimised.
            while rest.skip_until(first ^ MASK).unwrap() > 0 {
                let fits = |(byte, masked): (&u8, &u8)| byte ^ MASK == *masked;
                let whole = rest.len() >= others.len();
                found += usize::from(whole && rest.iter().zip(others).all(fits));
            }
            found
        }
    }

    /// Counts each needle in all writable memory of this process but the buffer of the search.
    fn count<const N: usize>(needles: [&Needle; N]) -> [usize; N] {
        let mut buffer = vec![0; CHUNK];
        let own = buffer.as_ptr() as usize;
        let own = own..own + CHUNK;
        let memory = File::open("/proc/self/mem").unwrap();
        let maps = read_to_string("/proc/self/maps").unwrap();
        let mut found = [0; N];
        let mut search = |bytes: &[u8]| {
            for (found, needle) in found.iter_mut().zip(needles) {
                *found += needle.count_in(bytes);
            }
        };
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (start, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
            let number = |text| usize::from_str_radix(text, 16).unwrap();
            let (mut at, end) = (number(start), number(end));
            while at < end {
                let len = CHUNK.min(end - at);
                let overlaps = at < own.end && own.start < at + len;
                let Ok(read) = memory.read_at(&mut buffer[..len], at as u64) else { break };
                if overlaps {
                    let skip = own.start.saturating_sub(at).min(read);
                    search(&buffer[..skip]);
                    search(&buffer[(own.end - at).min(read)..read]);
                } else {
                    search(&buffer[..read]);
                }
                // Pieces overlap, so that nothing hides on their border.
                at += if read < CHUNK { read.max(1) } else { CHUNK - LONGEST };
            }
        }
        buffer.zeroize();
        found
    }

    fn secret(seed: u64, len: usize) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; len]);
        SeededRng::new(seed).fill_bytes(&mut bytes);
        bytes
    }

    fn key(seed: u64) -> Unlock {
        let bytes = Zeroizing::new(secret(seed, 32).as_slice().try_into().unwrap());
        Unlock::Environment(MasterKey::from_bytes(bytes).unwrap())
    }

    #[test]
    fn nothing_of_a_value_or_a_key_is_left_in_memory_after_use() {
        let begin = Needle::of(&secret(101, 600)[..48]);
        let end = Needle::of(&secret(101, 600)[552..]);
        let primary = Needle::of(&secret(102, 32));
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("vault");
        let s = subject("s");
        {
            let alive = secret(101, 600);
            assert!(count([&begin])[0] > 0, "the search finds what is there");
            drop(alive);
        }
        let (vault, code) = SealedVault::create(&dir, &key(102), options(1)).unwrap();
        let code = Needle::of(code.expose().as_bytes());
        vault.write(&s, &TOKENS, &secret(101, 600).into()).unwrap();
        drop(vault);
        let vault = SealedVault::open(&dir, &key(102), options(2)).unwrap();
        for _ in 0..3 {
            let opened = vault.read(&s, &TOKENS).unwrap().unwrap();
            assert_eq!(opened.value.expose().len(), 600);
        }
        let text = secret(103, 24).iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        let text: Zeroizing<String> = Zeroizing::new(text);
        let passphrase = Needle::of(text.as_bytes());
        let unlock = Unlock::Passphrase(text.as_str().into());
        drop(text);
        vault.rekey(&key(102), &unlock).unwrap();
        drop((vault, unlock));
        let found = count([&begin, &end, &primary, &code, &passphrase]);
        assert_eq!(found, [0; 5], "value, its end, primary key, recovery code, passphrase");
    }
}
