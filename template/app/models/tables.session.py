from app.models.account import Account as Account
from app.models.account import ApiKey as ApiKey
from app.models.account import OneTimeToken as OneTimeToken
from app.models.account import Purpose as Purpose
from app.models.account import Role as Role
from app.models.account import SignIn as SignIn
