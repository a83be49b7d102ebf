"""The page of settings is complete, its defaults are true, and what it shows of declared access works."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel

from sandbox.domain.sales_unit import UnitSettings
from sandbox.settings import Settings
from tests.api.merchant import serving

_DOCS = Path(__file__).parents[2] / "docs"
_PAGE = (_DOCS / "settings.md").read_text()
_UNIT, _SERVER = _PAGE.split("## The server")


def _rows(text: str, columns: int) -> dict[str, list[str]]:
    """Return the rows of all tables of *text* by the name in their first cell, in order."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert {len(row) for row in rows} == {columns}
    names = [row[0].strip("`") for row in rows]
    assert sorted(set(names)) == sorted(names)
    return {name: row[1:] for name, row in zip(names, rows, strict=True)}


def _says(cell: str, value: Any) -> bool:
    """Tell whether a cell says that this is the default."""
    if value is None or value == ():
        return cell == "none"
    text = re.fullmatch("`(.*)`", cell)
    assert text is not None, cell
    if isinstance(value, timedelta):
        said: timedelta = TypeAdapter(timedelta).validate_python(text[1])
        return said == value
    return text[1] == (json.dumps(value) if isinstance(value, bool) else str(value))


def test_every_setting_of_a_sales_unit_is_told_with_its_default() -> None:
    rows, defaults = _rows(_UNIT, 5), UnitSettings()
    assert rows.keys() == {to_camel(name) for name in UnitSettings.__dataclass_fields__}
    wrong = {
        name: rows[to_camel(name)][0]
        for name in UnitSettings.__dataclass_fields__
        if not _says(rows[to_camel(name)][0], getattr(defaults, name))
    }
    assert wrong == {}


def test_every_setting_of_the_server_is_told_with_its_default() -> None:
    rows = _rows(_SERVER, 3)
    fields = Settings.model_fields
    assert rows.keys() == {f"SANDBOX_{name.upper()}" for name in fields}
    wrong = {
        name: rows[f"SANDBOX_{name.upper()}"][0]
        for name, field in fields.items()
        if not _says(rows[f"SANDBOX_{name.upper()}"][0], field.default)
    }
    assert wrong == {}


def test_every_setting_says_what_it_does_and_where_it_comes_from() -> None:
    for name, row in (_rows(_UNIT, 5) | _rows(_SERVER, 3)).items():
        assert all(row), name


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_the_declared_units_of_the_manual_are_let_in_as_it_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (_DOCS / "control-api.md").read_text()
    (units,) = (
        block for block in re.findall("^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE) if "msn" in block
    )
    monkeypatch.setenv("SANDBOX_ACCESS", "declared")
    monkeypatch.setenv("SANDBOX_UNITS", units)
    async with serving(Settings()) as http:

        async def call(client: str, key: str, msn: str | None) -> httpx.Response:
            keys = {"Ocp-Apim-Subscription-Key": key}
            credentials = {"client_id": client, "client_secret": f"{client}-secret"}
            token = (await http.post("/accesstoken/get", headers=credentials | keys)).json()["access_token"]
            headers = keys | {"Authorization": f"Bearer {token}"}
            if msn is not None:
                headers["Merchant-Serial-Number"] = msn
            return await http.get("/epayment/v1/payments/acme-shop-1", headers=headers)

        let_in = [
            await call("acme", "acme-primary", None),
            await call("acme", "acme-secondary", "111111"),
            await call("partner", "partner-key", "222222"),
            await call("partner", "partner-key", "333333"),
        ]
        refused = [await call("partner", "partner-key", None), await call("partner", "partner-key", "654321")]
    assert [answer.json()["extraDetails"][0]["reason"] for answer in let_in] == ["5090"] * 4
    for answer in refused:
        assert answer.status_code == 403
        assert f"403 `{answer.json()['detail']}`" in page
