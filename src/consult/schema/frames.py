"""Frames of the promised shape: made, typed, put in order and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consult.schema.tables import SchemaError, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from consult.schema.tables import Column


def empty(name: str) -> pd.DataFrame:
    """Return a table without rows, with the right columns and dtypes."""
    import pandas as pd

    return pd.DataFrame({c.name: pd.Series([], dtype=c.dtype) for c in table(name).columns})


def build(name: str, rows: pd.DataFrame | list[dict[str, Any]]) -> pd.DataFrame:
    """
    Make a checked table from rows (records or a frame); missing nullable columns become empty.

    Raises:
        SchemaError: As `check`.
    """
    import pandas as pd

    definition = table(name)
    frame = pd.DataFrame(rows)
    if not len(frame.columns) and not len(frame):
        return empty(name)
    absent = {c.name: None for c in definition.columns if c.nullable and c.name not in frame.columns}
    return check(name, frame.assign(**absent) if absent else frame)


def check(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """
    Return the frame with the table's columns in order, typed, sorted by its key, and checked.

    The argument is not changed. Columns that the table does not have are an error, not dropped.

    Raises:
        SchemaError: A column is absent, unknown or of another type, a value is not allowed,
            or two rows share a key. The message names the table, the column and the value.
    """
    definition = table(name)
    absent = [c for c in definition.names if c not in frame.columns]
    unknown = [str(c) for c in frame.columns if c not in definition.names]
    if absent or unknown:
        found = f"columns absent: {', '.join(absent) or 'none'}; not expected: {', '.join(unknown) or 'none'}"
        message = f"table '{name}': {found}; allowed are {', '.join(definition.names)}."
        raise SchemaError(message)
    try:
        typed = frame.loc[:, list(definition.names)].astype({c.name: c.dtype for c in definition.columns})
    except (TypeError, ValueError) as error:
        message = f"table '{name}': a column is not of its type: {error}."
        raise SchemaError(message) from error
    # A table that is in order already, as most are when they are written, is not copied: texts are large.
    ordered = typed if _in_order(typed, definition.key) else typed.sort_values(list(definition.key), kind="stable")
    ordered = ordered.reset_index(drop=True)
    for column in definition.columns:
        _check_column(name, column, ordered[column.name])
    if definition.unique and (twice := ordered.duplicated(list(definition.key))).any():
        row = ordered.loc[int(twice.to_numpy().argmax()), list(definition.key)]
        shown = ", ".join(f"{key} '{value}'" for key, value in row.items())
        message = f"table '{name}': {shown} stands in more than one row; each key may stand once."
        raise SchemaError(message)
    return ordered


def _check_column(name: str, column: Column, values: pd.Series) -> None:
    """Refuse the first value that the column may not hold."""
    empty_cells = values.isna()
    faults = []
    if not column.nullable:
        faults.append((empty_cells, "a value is expected"))
    if column.allowed:
        faults.append((~values.isin(column.allowed) & ~empty_cells, f"allowed are {', '.join(column.allowed)}"))
    if column.low is not None:
        faults.append(((values < column.low).fillna(value=False), f"{column.low:g} or more is expected"))
    if column.high is not None:
        faults.append(((values > column.high).fillna(value=False), f"{column.high:g} or less is expected"))
    for wrong, expected in faults:
        if wrong.any():
            found = values.iloc[int(wrong.to_numpy().argmax())]
            message = f"table '{name}', column '{column.name}': '{found}' was found; {expected}."
            raise SchemaError(message)


def _in_order(frame: pd.DataFrame, key: Sequence[str]) -> bool:
    """Whether the rows stand in the order of their key; a hundred times faster than sorting them to see."""
    import numpy as np

    alike = np.ones(max(0, len(frame) - 1), dtype=bool)
    for name in key:
        values = frame[name].array
        if values.isna().any() or (alike & np.asarray(values[:-1] > values[1:], dtype=bool)).any():
            return False
        alike &= np.asarray(values[:-1] == values[1:], dtype=bool)
    return True
