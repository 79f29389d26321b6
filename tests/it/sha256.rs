//! SHA-256, to compare outputs that are recorded by their sums alone.

/// The sum of some bytes in lower-case hexadecimal digits.
pub fn sha256(data: &[u8]) -> String {
    let primes: Vec<u128> = (2..312u128).filter(|n| (2..*n).all(|d| n % d != 0)).collect();
    let constants: Vec<u32> = primes.iter().map(|p| root_fraction(*p, 3)).collect();
    let mut state: Vec<u32> = primes.iter().take(8).map(|p| root_fraction(*p, 2)).collect();
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize((data.len() + 9).div_ceil(64) * 64 - 8, 0);
    padded.extend((data.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        add_block(&mut state, block, &constants);
    }
    state.iter().map(|word| format!("{word:08x}")).collect()
}

/// The first 32 bits of the fraction of a root.
fn root_fraction(of: u128, degree: u32) -> u32 {
    let target = of << (32 * degree);
    let (mut low, mut high) = (0u128, 1u128 << 40);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if middle.checked_pow(degree).is_some_and(|power| power <= target) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low as u32
}

fn add_block(state: &mut [u32], block: &[u8], constants: &[u32]) {
    let mut words: Vec<u32> = block
        .chunks_exact(4)
        .map(|w| u32::from_be_bytes([w[0], w[1], w[2], w[3]]))
        .collect();
    for i in 16..64 {
        let (a, b) = (words[i - 15], words[i - 2]);
        let a = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let b = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        words.push(
            words[i - 16]
                .wrapping_add(a)
                .wrapping_add(words[i - 7])
                .wrapping_add(b),
        );
    }
    let mut s: Vec<u32> = state.to_vec();
    for (word, constant) in words.iter().zip(constants) {
        let (a, e) = (s[0], s[4]);
        let choice = (e & s[5]) ^ (!e & s[6]);
        let majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
        let sum_e = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let sum_a = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let first = [sum_e, choice, *constant, *word]
            .iter()
            .fold(s[7], |sum, n| sum.wrapping_add(*n));
        s.rotate_right(1);
        s[0] = first.wrapping_add(sum_a).wrapping_add(majority);
        s[4] = s[4].wrapping_add(first);
    }
    for (sum, word) in state.iter_mut().zip(s) {
        *sum = sum.wrapping_add(word);
    }
}

#[test]
fn sums_are_those_of_the_standard() {
    let check = |data: &[u8], expect: &str| assert_eq!(sha256(data), expect);
    check(
        b"",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    check(
        b"abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    check(
        &[b'a'; 1000],
        "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
    );
}
