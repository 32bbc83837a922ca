"""Bands of MinHash signatures: locality-sensitive hashing.

Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4. Of two texts with Jaccard
similarity s, a band of r minima is equal with probability s^r, and one of b bands with
1 - (1 - s^r)^b. With r = 3 and b = 40 that is 0.78 for a third, 0.995 for a half.
"""

from array import array

from workers.stages.articles.near_duplicates.signatures import PERMUTATIONS

ROWS_PER_BAND = 3
BANDS = PERMUTATIONS // ROWS_PER_BAND
# Odd numbers with well spread bits, as in Fibonacci hashing and MurmurHash3. The keys
# only choose chains: `DayTable.candidates` compares the minima themselves.
_MIXER = 0x9E3779B1


def band_keys(minima: "array[int]") -> list[int]:
    """Return a hash of 32 bits for each band of a signature."""
    keys = []
    for band in range(BANDS):
        at = band * ROWS_PER_BAND
        low = minima[at] | minima[at + 1] << 16
        mixed = (low ^ minima[at + 2] * 0x85EBCA6B ^ band * 0xC2B2AE35) * _MIXER
        keys.append((mixed ^ mixed >> 29) & 0xFFFFFFFF)
    return keys
