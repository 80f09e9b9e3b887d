"""What is searched, and what is searched for."""

import pytest

from domain.search import MOST_LETTERS, Search, SearchedWord, fold, read, search_text_of


def test_folding_leaves_what_people_type() -> None:
    assert fold("Łódź CAFÉ Straße Ærø") == "lodz cafe strasse aero"


def test_all_that_a_product_is_found_by_is_in_its_text() -> None:
    description = {
        "time": 1,
        "version": "2.30",
        "blocks": [
            {"id": "a", "type": "paragraph", "data": {"text": "Made of <b>cotton</b>."}},
            {"id": "b", "type": "list", "data": {"style": "ordered", "items": ["Warm", "Dry"]}},
        ],
    }

    text = search_text_of("Blue Sneaker", description, ["SKU-17"], ["Größe 42"], "Shoes")

    assert text == "blue sneaker sku 17 grosse 42 shoes made of cotton warm dry"
    assert search_text_of("Mug", None, [], [], None) == "mug"


def test_every_word_counts_and_the_last_may_be_unfinished() -> None:
    search = read("  Blue, SNEAK ")

    assert search == Search(
        (SearchedWord("blue", "blue", likeness=0.5), SearchedWord("sneak", "sneak:*", likeness=0.5))
    )
    assert (search.text, search.any_lexeme) == ("blue sneak", "blue | sneak:*")


def test_a_short_word_is_taken_as_it_is_written() -> None:
    assert read("red") == Search((SearchedWord("red", "red:*", likeness=None),))


def test_the_longer_a_word_the_less_alike_another_has_to_be() -> None:
    words = [read(word) for word in ("four", "seven77")]

    assert [search and search.words[0].likeness for search in words] == [0.5, 0.4]


def test_small_words_count_only_where_there_are_no_others() -> None:
    assert read("the mug") == Search((SearchedWord("mug", "mug:*", likeness=None),))
    assert read("The Who") == Search(
        (SearchedWord("the", "the", likeness=0.5), SearchedWord("who", "who", likeness=0.5))
    )


def test_nothing_typed_is_no_search_but_signs_alone_find_nothing() -> None:
    assert read(None) is None
    assert read("   ") is None
    assert read("&|!:*") == Search(())


def test_nobody_types_a_megabyte() -> None:
    search = read("a " * 100_000 + "tea")

    assert search == Search(tuple(SearchedWord("a", "a", likeness=0.5) for _ in range(8)))


def test_only_eight_words_count() -> None:
    search = read(" ".join(f"word{number}" for number in range(50)))

    assert search is not None
    assert [one.word for one in search.words] == [f"word{number}" for number in range(8)]


@pytest.mark.parametrize("typed", ["a" * 900_000, "the " * 200_000, " ".join(map(str, range(100_000)))])
def test_little_is_looked_at_of_a_text_without_an_end(typed: str) -> None:
    search = read(typed)

    assert search is not None
    assert search.words
    assert len(search.text) <= MOST_LETTERS
