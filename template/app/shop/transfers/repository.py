"""What the service asks the database about transfers."""

from app.database.repository import Repository
from app.models import Transfer


class TransferRepository(Repository[Transfer]):
    """The transfers, which nobody changes."""

    model = Transfer
