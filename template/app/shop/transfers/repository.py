"""Statements about transfers."""

from app.database.repository import Repository
from app.models import Transfer


class TransferRepository(Repository[Transfer]):
    """Transfers. They never change."""

    model = Transfer
