from app.models.auth import ApiKey as ApiKey
from app.models.auth import EmailToken as EmailToken
from app.models.auth import RefreshToken as RefreshToken
from app.models.auth import Role as Role
from app.models.auth import TokenPurpose as TokenPurpose
from app.models.auth import UserCredential as UserCredential
from app.models.auth import UserSession as UserSession
