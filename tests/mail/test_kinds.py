"""Each module with mails is known to those who read an order."""

from __future__ import annotations

import pkgutil

from models import mails
from models.mails import order


def test_an_order_can_carry_the_mails_of_every_module() -> None:
    modules = {module.name for module in pkgutil.iter_modules(mails.__path__)}
    assert modules - {"frame", "order"} == modules & vars(order).keys(), "import it in models/mails/order.py"
