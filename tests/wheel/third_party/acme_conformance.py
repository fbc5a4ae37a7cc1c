"""A third party's adapter: one row of facts over a dialect of the kit, announced by an entry point."""

from conformance.adapters import CASSETTES_ONLY, HttpAdapter
from conformance.auth import bearer
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name="acme",
    display_name="Acme",
    dialect=dialect("openai-chat"),
    base_url="https://api.acme.example/v1",
    key_env=("ACME_API_KEY",),
    authenticate=bearer,
    model="acme-1",
    onboarding="preset",
    obligations=CASSETTES_ONLY,
)
