"""Make klhelpers/data/penguins.csv: how large 342 penguins of three species are.

    python3 tools/penguins.py

The measurements are those of the package `palmerpenguins`, fetched by pip into a temporary folder and held
against its checksum. Two of its 344 birds were not measured and are left out. The same package gives the same
bytes. Needs pip and nothing beyond Python's standard library.
"""

import csv
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "klhelpers" / "data" / "penguins.csv"
PACKAGE = "palmerpenguins==0.1.6"
SHA256 = "5c3be9af84dd703a25f1aaeadeac6ac770cfd38c1620d00089f581c023129ee0"
COLUMNS = ("species", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


def fetch() -> str:
    """The package's table, as it is."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
        (file,) = Path(folder).glob("*.whl")
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if found != SHA256:
            sys.exit(f"{file.name}: expected SHA-256 {SHA256}, found {found}")
        with zipfile.ZipFile(file) as wheel:
            return wheel.read("palmerpenguins/data/penguins.csv").decode("utf-8")


def measured(table: str) -> str:
    """The columns that are kept, of the birds that were measured, in the package's order."""
    birds = [[bird[column] for column in COLUMNS] for bird in csv.DictReader(io.StringIO(table))]
    rows = [list(COLUMNS), *(bird for bird in birds if "NA" not in bird)]
    return "".join(",".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    FILE.write_text(measured(fetch()), encoding="utf-8", newline="\n")
