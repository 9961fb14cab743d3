# {% include "template/app/database/repository.py" %}
