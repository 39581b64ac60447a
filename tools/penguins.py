"""Make klhelpers/data/penguins.csv: how large 342 penguins of three species are.

    python -m tools.penguins

The measurements are those of the package `palmerpenguins`, fetched into a temporary folder and held against their
checksum. Two of its 344 birds were not measured and are left out. The same package gives the same bytes.
"""

import csv
import tempfile
from pathlib import Path

from press.lab.fetch import File, fetch

FILE = Path(__file__).resolve().parents[1] / "klhelpers" / "data" / "penguins.csv"
SOURCE = {"palmerpenguins": {"pip": "palmerpenguins==0.1.6", "folder": "palmerpenguins/data/"}}
SHA256 = "f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93"
COLUMNS = ("species", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "table", "penguins.csv")
        fetch(table.parent, [File(table.name, SHA256, "CC0-1.0", "palmerpenguins")], SOURCE)
        birds = [
            [bird[column] for column in COLUMNS] for bird in csv.DictReader(table.open(encoding="utf-8"))
        ]
    rows = [COLUMNS, *(bird for bird in birds if "NA" not in bird)]  # of the birds that were measured
    FILE.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8", newline="\n")
