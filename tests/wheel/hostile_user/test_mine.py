"""A user's tests: their modules win at the top level, ours are reached through `conformance`."""

import checklist
import conformance
import providers


def test_the_users_modules_are_theirs():
    assert (providers.MINE, checklist.MINE) == ("the user's", "the user's")


def test_our_adapters_are_ours():
    assert conformance.adapter("anthropic").display_name == "Anthropic"
    assert conformance.adapter("OpenAI").name == "openai"


def test_cassettes_come_from_the_package():
    from conformance.tape import cassette_path, read_cassette

    assert read_cassette(cassette_path("openai", "simple_text")).exchanges
