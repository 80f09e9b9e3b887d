"""The demo shop in Polish, and some of it in German."""

from collections.abc import Mapping

from commands.demo.texts import written
from db.seeding import Rows

Texts = Mapping[str, Mapping[str, str]]
"""By language, the names of things by their slug."""

CATEGORIES: Texts = {
    "PL": {
        "apparel": "Odzież",
        "tops": "Góra",
        "t-shirts": "Koszulki",
        "sweatshirts": "Bluzy",
        "accessories": "Dodatki",
        "caps": "Czapki",
        "bags": "Torby",
        "socks": "Skarpety",
        "home": "Dom",
        "kitchen": "Kuchnia",
        "mugs": "Kubki",
        "tumblers": "Kubki termiczne",
        "walls": "Ściany",
        "posters": "Plakaty",
        "prints": "Grafiki",
        "desk": "Biurko",
        "notebooks": "Notesy",
        "books": "Książki",
        "fiction": "Literatura piękna",
        "novels": "Powieści",
        "short-stories": "Opowiadania",
        "non-fiction": "Literatura faktu",
        "science": "Nauka",
        "cookery": "Gotowanie",
        "music": "Muzyka",
        "records": "Płyty",
        "downloads": "Pliki",
        "pantry": "Spiżarnia",
        "coffee": "Kawa",
        "tea": "Herbata",
        "gift-cards": "Karty podarunkowe",
    },
    "DE": {
        "apparel": "Kleidung",
        "home": "Wohnen",
        "mugs": "Becher",
        "posters": "Plakate",
        "books": "Bücher",
        "novels": "Romane",
        "music": "Musik",
        "records": "Schallplatten",
        "pantry": "Vorräte",
        "coffee": "Kaffee",
        "tea": "Tee",
    },
}
COLLECTIONS: Texts = {
    "PL": {
        "featured-products": "Polecane",
        "new-arrivals": "Nowości",
        "sale": "Wyprzedaż",
        "summer": "Lato",
    },
    "DE": {"featured-products": "Empfohlen", "new-arrivals": "Neu", "sale": "Angebote"},
}
ATTRIBUTES: Texts = {
    "PL": {
        "color": "Kolor",
        "size": "Rozmiar",
        "material": "Materiał",
        "author": "Autor",
        "pages": "Liczba stron",
        "cover": "Okładka",
        "origin": "Pochodzenie",
        "roast": "Stopień palenia",
        "grind": "Mielenie",
        "capacity": "Pojemność",
    },
    "DE": {"color": "Farbe", "size": "Größe", "author": "Autor", "pages": "Seiten", "cover": "Einband"},
}
COLOURS: Texts = {
    "PL": {
        "ink": "Atramentowy",
        "sand": "Piaskowy",
        "brick": "Ceglany",
        "forest": "Leśny",
        "stone": "Kamienny",
        "plum": "Śliwkowy",
        "speckled": "Nakrapiany",
    },
    "DE": {"ink": "Tinte", "sand": "Sand", "brick": "Ziegel", "forest": "Wald", "stone": "Stein"},
}
LINKS: Texts = {
    "PL": {
        "Apparel": "Odzież",
        "Home": "Dom",
        "Books": "Książki",
        "Music": "Muzyka",
        "Pantry": "Spiżarnia",
        "Sale": "Wyprzedaż",
        "Shop": "Sklep",
        "Help": "Pomoc",
    },
    "DE": {"Books": "Bücher", "Music": "Musik", "Sale": "Angebote", "Help": "Hilfe"},
}
Prose = Mapping[str, Mapping[str, tuple[str, str]]]
"""By language, names and descriptions of things by their slug."""

PRODUCTS: Prose = {
    "PL": {
        "tidal-mug": (
            "Kubek Przypływ",
            "Toczony na kole i dwa razy zanurzony w szkliwie, które zostawia linię jak morze. Mieści dużą kawę.",
        ),
        "harbour-tee": (
            "Koszulka Port",
            (
                "Gruba bawełna i nadruk spokojnej wody. Prosty krój, szyta w Porto, po dziesięciu praniach lepsza niż "
                "pierwszego dnia."
            ),
        ),
        "the-salt-road": (
            "Solny szlak",
            (
                "Dwie siostry wiozą ciężarówkę morskiej soli przez kontynent, który zamknął granice. Powieść o uporze, z "
                "psem."
            ),
        ),
        "counting-tides": (
            "Liczenie przypływów",
            (
                "Dlaczego morze spóźnia się codziennie o pięćdziesiąt minut i jak na to wpadnięto. Od strony dziesiątej "
                "bez wzorów."
            ),
        ),
        "morning-blend": (
            "Mieszanka poranna",
            "Czekolada, orzech laskowy i bardzo mało kwasowości. Sami ją pijemy, przed jedenastą.",
        ),
        "market-tote": (
            "Torba na targ",
            "Zmieści dwanaście kilo jabłek i jeden długi chleb. Grube płótno, uszy na ramię.",
        ),
        "rooms-at-night": ("Pokoje nocą", "Fortepian, dwa mikrofony i dom, który skrzypi tam, gdzie trzeba."),
        "low-sun-poster": (
            "Plakat Niskie słońce",
            "Czwarta po południu, grudzień. Pięć farb na grubym papierze.",
        ),
    },
    "DE": {
        "tidal-mug": (
            "Becher Gezeiten",
            "Auf der Scheibe gedreht und zweimal getaucht, sodass die Glasur eine Linie hinterlässt wie das Meer.",
        ),
        "the-salt-road": (
            "Die Salzstraße",
            (
                "Zwei Schwestern fahren einen Lastwagen voll Meersalz über einen Kontinent, der seine Grenzen geschlossen "
                "hat."
            ),
        ),
        "morning-blend": ("Morgenmischung", "Schokolade, Haselnuss und sehr wenig Säure."),
    },
}
PAGES: Prose = {
    "PL": {
        "about": ("O nas", "Jesteśmy małym sklepem z dwojgiem drzwi: w Nowym Jorku i w Warszawie."),
        "shipping-and-returns": (
            "Dostawa i zwroty",
            "Paczki wychodzą dzień po zamówieniu. W Polsce od 250 złotych dostawa jest na nasz koszt.",
        ),
    },
    "DE": {"about": ("Über uns", "Wir sind ein kleiner Laden mit zwei Türen: in New York und in Warschau.")},
}


def translate(rows: Rows, ids: Mapping[str, Mapping[str, int]]) -> None:
    """``ids`` are those of the things by their slug, by the GraphQL type's name."""
    for kind, texts in (
        ("Category", CATEGORIES),
        ("Collection", COLLECTIONS),
        ("Attribute", ATTRIBUTES),
        ("AttributeValue", COLOURS),
        ("MenuItem", LINKS),
    ):
        for language, names in texts.items():
            for slug, name in names.items():
                rows.put("translations", kind=kind, object_id=ids[kind][slug], language=language, name=name)
    for kind, prose in (("Product", PRODUCTS), ("Page", PAGES)):
        for language, texts_by_slug in prose.items():
            for slug, (name, text) in texts_by_slug.items():
                rows.put(
                    "translations",
                    kind=kind,
                    object_id=ids[kind][slug],
                    language=language,
                    name=name,
                    description=written(text),
                    seo_title=name,
                    seo_description=text,
                )
