"""A column for what nobody may see: no form and no export has it, and its values do not show themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from cardsharp.shoe import Secret


class SecretField(models.BinaryField):  # type: ignore[type-arg]  # generic in its stubs alone
    """Bytes that `dumpdata` leaves out and that are read as a `Secret`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "editable": False, "serialize": False})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """The field as migrations know it: to a database it is bytes like any other."""
        name, _, args, kwargs = super().deconstruct()
        del kwargs["serialize"]
        return name, "django.db.models.BinaryField", args, kwargs

    def from_db_value(self, value: Any, expression: object, connection: BaseDatabaseWrapper) -> Secret | None:
        return None if value is None else Secret(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Raises ValueError for a row without its secret, such as one that a dump was loaded from."""
        if not value:
            raise ValueError("a table cannot be kept without its shoe's secret, which dumpdata leaves out")
        return super().get_db_prep_value(bytes(value), connection, prepared)
