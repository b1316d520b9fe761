"""What BART's and T5's authors printed of ways to break a text, of rates, spans and structures: numbers of others.

BART: Lewis et al. 2020, Table 1. T5: Raffel et al. 2020 (JMLR 21:140), Tables 1, 2, 4, 5, 6 and 7.
"""

from __future__ import annotations

BART_COLUMNS = ("squad", "mnli", "eli5", "xsum", "convai2", "cnndm")  # F1, accuracy, then perplexities
BART_HIGHER = ("squad", "mnli")
BART: dict[str, tuple[float | None, ...]] = {
    "bert": (88.5, 84.3, None, None, None, None),
    "mlm": (90.0, 83.5, 24.77, 7.87, 12.59, 7.06),
    "mass": (87.0, 82.1, 23.40, 6.80, 11.43, 6.19),
    "lm": (76.7, 80.1, 21.40, 7.00, 11.51, 6.56),
    "plm": (89.1, 83.7, 24.03, 7.69, 12.23, 6.96),
    "multitask": (89.2, 82.4, 23.73, 7.50, 12.39, 6.74),
    "mask": (90.4, 84.1, 25.05, 7.08, 11.73, 6.10),
    "delete": (90.4, 84.1, 24.61, 6.90, 11.46, 5.87),
    "infill": (90.8, 84.0, 24.26, 6.61, 11.05, 5.83),
    "rotate": (77.2, 75.3, 53.69, 17.14, 19.87, 10.59),
    "shuffle": (85.4, 81.5, 41.87, 10.93, 16.67, 7.89),
    "infill_shuffle": (90.8, 83.8, 24.17, 6.62, 11.12, 5.41),
}
OURS = ("mask", "delete", "infill", "rotate", "shuffle", "infill_shuffle")  # BART's own rows

T5_COLUMNS = ("glue", "cnndm", "squad", "sglue", "ende", "enfr", "enro")
BASELINE = (83.28, 19.24, 80.88, 71.36, 26.98, 39.82, 27.65)  # the mean of ten trainings, and how far they lie apart
DEVIATION = (0.235, 0.065, 0.343, 0.416, 0.112, 0.090, 0.108)
T5: dict[str, tuple[float, ...]] = {  # Table 4, then Table 5
    "prefix": (80.69, 18.94, 77.99, 65.27, 26.86, 39.73, 27.49),
    "deshuffle": (73.17, 18.59, 67.61, 58.47, 26.11, 39.30, 25.62),
    "bert": (82.96, 19.17, 80.65, 69.85, 26.78, 40.03, 27.41),
    "mass": (82.32, 19.16, 80.10, 69.28, 26.79, 39.89, 27.55),
    "spans": BASELINE,
    "drop": (84.44, 19.31, 80.52, 68.67, 27.07, 39.76, 27.82),
}
RATES: dict[int, tuple[float, ...]] = {  # Table 6, per cent
    10: (82.82, 19.00, 80.38, 69.55, 26.87, 39.28, 27.44),
    15: BASELINE,
    25: (83.00, 19.54, 80.96, 70.48, 27.04, 39.83, 27.47),
    50: (81.27, 19.32, 79.80, 70.33, 27.01, 39.90, 27.49),
}
SPANS: dict[int, tuple[float, ...]] = {  # Table 7, tokens on average; 1: drawn one by one
    1: BASELINE,
    2: (83.54, 19.39, 82.09, 72.20, 26.76, 39.99, 27.63),
    3: (83.49, 19.62, 81.84, 72.53, 26.86, 39.65, 27.62),
    5: (83.40, 19.24, 82.05, 72.23, 26.88, 39.40, 27.53),
    10: (82.85, 19.33, 81.84, 70.44, 26.79, 39.49, 27.69),
}
STRUCTURES: dict[str, tuple[str, str, tuple[float, ...]]] = {  # Table 2, denoising: parameters, cost, scores
    "enc_dec": ("2P", "M", BASELINE),
    "shared": ("P", "M", (82.81, 18.78, 80.63, 70.73, 26.72, 39.03, 27.46)),
    "half": ("P", "M/2", (80.88, 18.97, 77.59, 68.42, 26.38, 38.40, 26.95)),
    "lm": ("P", "M", (74.70, 17.93, 61.14, 55.02, 25.09, 35.28, 25.86)),
    "prefix": ("P", "M", (81.82, 18.61, 78.94, 68.11, 26.43, 37.98, 27.39)),
}
