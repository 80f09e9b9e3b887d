import pytest

from domain import languages
from domain.languages import LanguageCode


@pytest.mark.parametrize(
    ("code", "tag", "name"),
    [
        (LanguageCode.EN, "en", "English"),
        (LanguageCode.PT_BR, "pt-br", "Portuguese (Brazil)"),
        (LanguageCode.ZH_HANS_CN, "zh-hans-cn", "Chinese (Simplified, China)"),
        (LanguageCode.CA_ES_VALENCIA, "ca-es-valencia", "Catalan (Spain, Valencian)"),
    ],
)
def test_a_language_has_a_tag_and_a_name(code: LanguageCode, tag: str, name: str) -> None:
    assert languages.tag(code) == tag
    assert languages.name(code) == name


def test_each_language_is_found_again_by_its_tag() -> None:
    assert len(LanguageCode) == 779
    assert [code for code in LanguageCode if languages.by_tag(languages.tag(code)) is not code] == []
    assert [code for code in LanguageCode if languages.name(code) == languages.tag(code)] == []


def test_a_tag_may_be_in_any_case_and_with_underscores() -> None:
    assert languages.by_tag("pt-BR") is LanguageCode.PT_BR
    assert languages.by_tag(" zh_Hans ") is LanguageCode.ZH_HANS
    assert languages.by_tag("tlh") is None


def test_a_member_is_its_name() -> None:
    assert {code.name for code in LanguageCode} == {code.value for code in LanguageCode}
