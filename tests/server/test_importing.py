import lzma
import sys
from pathlib import Path

from domain.imports.online_retail import COLUMNS
from tests.server.test_run import run

INVOICE = "536365,85123A,WHITE HEART,6,2011-01-10 08:26:00,2.55,17850.0,United Kingdom\n"
MUG = "Handle,Title,Option1 Name,Option1 Value,Variant Price\nmug,Mug,,,9.99\n"


async def test_files_are_brought_in_and_what_is_wrong_is_said_in_one_sentence(tmp_path: Path) -> None:
    sales, mugs, broken = tmp_path / "sales.csv.xz", tmp_path / "mugs.csv", tmp_path / "broken.csv"
    sales.write_bytes(lzma.compress(f"{','.join(COLUMNS)}\n{INVOICE}".encode()))
    mugs.write_text(MUG)
    broken.write_text(MUG.replace("9.99", "cheap"))
    data = {"DATA_DIR": str(tmp_path / "data")}

    sold = await run(
        *("import", "online-retail", str(sales), "--channel", "uk", "--create-channel", "GBP", "GB"), **data
    )
    unknown = await run("import", "shopify", str(mugs), "--channel", "eu", **data)
    stocked = await run("import", "shopify", str(mugs), "--channel", "uk", "--no-images", **data)
    wrong = await run("import", "shopify", str(broken), "--channel", "uk", **data)
    gone = await run("import", "shopify", str(tmp_path / "gone.csv"), "--channel", "uk", **data)

    assert (sold[0], "In the shop" in sold[1], "15.30" in sold[1]) == (0, True, True)
    assert unknown == (
        *(1, ""),
        "There is no channel 'eu'. There are: uk. To make it, add: --create-channel CURRENCY COUNTRY\n",
    )
    assert (stocked[0], "Products made" in stocked[1]) == (0, True)
    assert wrong == (1, "", f"{broken}:2: column Variant Price: 'cheap' is not a price like 9.99\n")
    assert gone == (1, "", f"{tmp_path / 'gone.csv'}: cannot be read: No such file or directory\n")


async def test_half_a_packed_file_is_refused(tmp_path: Path) -> None:
    half = tmp_path / "sales.csv.xz"
    half.write_bytes(lzma.compress(f"{','.join(COLUMNS)}\n{INVOICE}".encode())[:-20])

    answer = await run(
        "import", "online-retail", str(half), "--channel", "uk", DATA_DIR=str(tmp_path / "data")
    )

    assert answer == (1, "", f"{half}: cannot be unpacked: it is broken, or not whole\n")


async def test_a_currency_that_there_is_none_of_is_refused() -> None:
    code, _, complaint = await run(
        "import", "online-retail", sys.executable, "--channel", "uk", "--create-channel", "XYZ", "GB"
    )

    assert (code, "XYZ is no currency of ISO 4217" in complaint) == (2, True)
