"""
Speed and memory of reading a large file: ``python benchmarks/ingest.py [--rows 1000000] [--languages]``.

A CSV of made-up responses (reference, type, country, date, and a comment of 8 to 40 words, all different) is ingested
by the command `consult ingest`, from its start to its end, so that loading the program counts. Shown are rows a second
by the clock, seconds of one processor (which depend less on what else the machine does), and the most memory held, in
MB.
With ``--languages`` the comments are made of words in six languages and three scripts rather than of English ones.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TYPES = ("EU citizen", "NGO", "Company", "Trade union", "Public authority")
COUNTRIES = ("DE", "FR", "IT", "PL", "ES", "BE")
WORDS = (
    "people learning access course employers must should pay time training skills rural older workers school "
    "certificates recognised across borders fund public money rights data privacy quality teachers small companies"
)
OTHERS = (
    "Menschen müssen überall für Weiterbildung Zeit haben und dafür bezahlt werden",
    "les employeurs doivent financer l’accès à la formation pour tous même à la campagne",
    "ludzie powinni mieć dostęp do szkoleń także na wsi bo to ważne dla każdego",
    "οι εργαζόμενοι πρέπει να έχουν χρόνο για μάθηση και να πληρώνονται γι’ αυτό",
    "хората трябва да имат достъп до обучение и учителите да бъдат по-добре платени",
)


def write_responses(path: Path, n: int, *, languages: bool, seed: int = 1) -> None:
    """Write `n` made-up responses, the same for the same seed."""
    chance = random.Random(seed)
    vocabularies = [text.split() for text in ((WORDS, *OTHERS) if languages else (WORDS,))]
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "type", "country", "date", "comment"])
        for i in range(n):
            words = chance.choices(chance.choice(vocabularies), k=chance.randint(8, 40))
            date = f"2020-0{chance.randint(1, 9)}-{chance.randint(10, 28)}"
            said = f"{' '.join(words).capitalize()}."
            rows.writerow([i, chance.choice(TYPES), chance.choice(COUNTRIES), date, said])


def main() -> None:
    """Write the file, ingest it in a process of its own, and show what that took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--languages", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="consult-ingest-") as folder:
        source = Path(folder) / "responses.csv"
        write_responses(source, chosen.rows, languages=chosen.languages)
        command = [str(Path(sys.executable).with_name("consult")), "ingest", str(source), "--study", f"{folder}/study"]
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    if status:
        sys.exit(f"consult ingest failed with {os.waitstatus_to_exitcode(status)}")
    processor = used.ru_utime + used.ru_stime
    sys.stdout.write(
        f"{chosen.rows:,} rows in {seconds:.0f} s: {chosen.rows / seconds:,.0f} rows a second; "
        f"{processor:.0f} s of one processor; {used.ru_maxrss / 1000:,.0f} MB\n"
    )


if __name__ == "__main__":
    main()
