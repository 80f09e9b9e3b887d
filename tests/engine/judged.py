"""Small documents: the everyday ones, the rare ones, and for each rule some that break it."""

from graphql import (
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    ExecutableDefinitionsRule,
    FieldsOnCorrectTypeRule,
    FragmentsOnCompositeTypesRule,
    GraphQLDeferDirective,
    GraphQLStreamDirective,
    KnownArgumentNamesRule,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    KnownOperationTypesRule,
    KnownTypeNamesRule,
    LoneAnonymousOperationRule,
    MaxIntrospectionDepthRule,
    NoFragmentCyclesRule,
    NoUndefinedVariablesRule,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    OverlappingFieldsCanBeMergedRule,
    PossibleFragmentSpreadsRule,
    ProvidedRequiredArgumentsRule,
    ScalarLeafsRule,
    SingleFieldSubscriptionsRule,
    StreamDirectiveOnListField,
    UniqueArgumentNamesRule,
    UniqueDirectivesPerLocationRule,
    UniqueFragmentNamesRule,
    UniqueInputFieldNamesRule,
    UniqueOperationNamesRule,
    UniqueVariableNamesRule,
    ValuesOfCorrectTypeRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    build_schema,
)

SDL = """
    directive @told(how: Size!, times: Int = 1) on FIELD | QUERY
    directive @often(how: Size) repeatable on FIELD
    interface Named { name: String friend: Named }
    type Query {
      cat: Cat
      dog(big: Boolean, age: Int = 3): Dog
      named(of: String!): Named
      pets(where: PetInput, first: Int! = 10, sizes: [Size!], grid: [[Int]]): [Pet!]
      pet(by: PetBy): Pet
      any(json: JSON, id: ID): JSON
      root: Query
    }
    type Mutation { add(pets: [PetInput!]!): Cat }
    type Subscription { cat: Cat dog: Dog }
    type Cat implements Named { name: String friend: Named size: Size lives: Int! owner: Query }
    type Dog implements Named { name: String friend: Named size: String lives: Int owner: Query }
    type Stone { name: String weight(in: Float): Float }
    union Pet = Cat | Dog
    enum Size { SMALL LARGE }
    input PetInput { name: String! size: Size = SMALL sizes: [Size!] friend: PetInput lives: Int! = 9 }
    input PetBy @oneOf { name: String id: ID }
    scalar JSON
"""
SCHEMA = build_schema(SDL)
SCHEMA.directives = (*SCHEMA.directives, GraphQLDeferDirective, GraphQLStreamDirective)
SURE = [
    "{ cat { name lives } }",
    "{ cat { __typename name } dog { ... { name } } }",
    "query A { cat { name } } query B { dog(big: true, age: -1) { a: name b: lives } }",
    "query A($age: Int!, $of: String!) { dog(age: $age) { lives } named(of: $of) { name } }",
    'query A($size: Size = SMALL) { pets(where: { name: "x", size: $size }) { __typename } }',
    "query A($first: Int = 3) { pets(first: $first) { __typename } }",
    "query A($first: Int) { pets(first: $first) { __typename } }",
    "query A($size: Size!) { pets(sizes: [$size, LARGE]) { __typename } }",
    "{ pets(sizes: SMALL, grid: [1, [2, null], null], where: null) { __typename } }",
    '{ pets(where: { name: """x""", friend: { name: "y", sizes: [], lives: 3 } }) { __typename } }',
    "{ pets { ... on Cat { name } ... on Dog { lives } ... on Named { friend { name } } } }",
    "{ pets { ...A } } fragment A on Pet { ...B ...C } fragment B on Cat { size } fragment C on Dog { name }",
    "{ cat { ...F owner { cat { ...F } } } } fragment F on Named { friend { name } }",
    "query A($on: Boolean!) { cat @skip(if: $on) @include(if: true) { ... @include(if: $on) { name } } }",
    "query A($on: Boolean = true) { cat { name @skip(if: $on) } }",
    "query A @told(how: LARGE) { cat @told(how: SMALL, times: null) { name } }",
    "mutation A($pets: [PetInput!]!) { add(pets: $pets) { name } }",
    "mutation A($name: String!) { add(pets: { name: $name }) { name } }",
    "query A($id: ID) { ...F } query B($id: ID!) { ...F } fragment F on Query { any(id: $id) }",
    '{ any(id: 1, json: "x") }',
]
MERGING = [
    "{ cat { name } cat { name lives } }",
    "{ cat { name ...F } } fragment F on Cat { name }",
    "{ root { ...F ...F } } fragment F on Query { cat { name } }",
    "{ pets { ... on Cat { name } ... on Dog { name } } }",
]
RARE = [
    "{ __schema { queryType { name } } }",
    "subscription { cat { name } }",
    "{ any(json: { a: [1] }) }",
    "query A($json: JSON) { any(json: [$json]) }",
    '{ pet(by: { name: "x" }) { __typename } }',
    "{ cat @often @often { name } }",
    "{ pets @stream { __typename } }",
    "{ cat { ... @defer { name } } }",
    "{ cat { } }",
]
BROKEN = [
    (ExecutableDefinitionsRule, "{ cat { name } } type Bird { name: String }"),
    (KnownOperationTypesRule, "mutation { cat { name } }"),
    (UniqueOperationNamesRule, "query A { cat { name } } query A { dog { name } }"),
    (UniqueOperationNamesRule, "query A { cat { name } } mutation A { add(pets: []) { name } }"),
    (LoneAnonymousOperationRule, "{ cat { name } } query A { dog { name } }"),
    (LoneAnonymousOperationRule, "{ cat { name } } { dog { name } }"),
    (SingleFieldSubscriptionsRule, "subscription { cat { name } dog { name } }"),
    (KnownTypeNamesRule, "query A($age: Nope) { dog(age: $age) { name } }"),
    (KnownTypeNamesRule, "{ cat { ... on Nope { name } } }"),
    (KnownTypeNamesRule, "{ cat { ...F } } fragment F on Nope { name }"),
    (FragmentsOnCompositeTypesRule, "{ cat { ... on Size { name } } }"),
    (FragmentsOnCompositeTypesRule, "{ cat { ...F } } fragment F on PetInput { name }"),
    (VariablesAreInputTypesRule, "query A($age: Cat) { dog(age: $age) { name } }"),
    (VariablesAreInputTypesRule, "query A($of: [Named!]!) { named(of: $of) { name } }"),
    (ScalarLeafsRule, "{ cat }"),
    (ScalarLeafsRule, "{ pets }"),
    (ScalarLeafsRule, "{ cat { name { length } } }"),
    (ScalarLeafsRule, "{ cat { size { name } } }"),
    (ScalarLeafsRule, "{ cat { name { } } }"),
    (FieldsOnCorrectTypeRule, "{ cat { nope } }"),
    (FieldsOnCorrectTypeRule, "{ pets { name } }"),
    (FieldsOnCorrectTypeRule, '{ named(of: "x") { lives } }'),
    (FieldsOnCorrectTypeRule, "{ cat { ...F } } fragment F on Cat { big: nope }"),
    (UniqueFragmentNamesRule, "{ cat { ...F } } fragment F on Cat { name } fragment F on Cat { lives }"),
    (KnownFragmentNamesRule, "{ cat { ...F } }"),
    (NoUnusedFragmentsRule, "{ cat { name } } fragment F on Cat { name }"),
    (NoUnusedFragmentsRule, "{ cat { name } } fragment F on Cat { ...G } fragment G on Cat { name }"),
    (PossibleFragmentSpreadsRule, "{ cat { ... on Dog { name } } }"),
    (PossibleFragmentSpreadsRule, "{ pets { ... on Stone { name } } }"),
    (PossibleFragmentSpreadsRule, '{ named(of: "x") { ...F } } fragment F on Query { cat { name } }'),
    (PossibleFragmentSpreadsRule, "{ cat { ...F } dog { ...F } } fragment F on Cat { name }"),
    (NoFragmentCyclesRule, "{ cat { ...F } } fragment F on Cat { name friend { ...F } }"),
    (NoFragmentCyclesRule, "{ cat { ...F } } fragment F on Cat { ...G } fragment G on Cat { ...F }"),
    (UniqueVariableNamesRule, "query A($age: Int, $age: Int) { dog(age: $age) { name } }"),
    (NoUndefinedVariablesRule, "{ dog(age: $age) { name } }"),
    (NoUndefinedVariablesRule, "{ cat { name @skip(if: $on) } }"),
    (NoUndefinedVariablesRule, "{ pets(sizes: [$size]) { __typename } }"),
    (NoUndefinedVariablesRule, "{ pets(where: { name: $name }) { __typename } }"),
    (
        NoUndefinedVariablesRule,
        "query A($id: ID) { ...F } query B { ...F } fragment F on Query { root { any(id: $id) } }",
    ),
    (NoUnusedVariablesRule, "query A($age: Int) { dog { name } }"),
    (
        NoUnusedVariablesRule,
        "query A($id: ID) { ...F } query B($id: ID) { cat { name } } fragment F on Query { any(id: $id) }",
    ),
    (KnownDirectivesRule, "{ cat @nope { name } }"),
    (KnownDirectivesRule, "query A @skip(if: true) { cat { name } }"),
    (KnownDirectivesRule, "mutation A @told(how: SMALL) { add(pets: []) { name } }"),
    (KnownDirectivesRule, "{ cat { ... @told(how: SMALL) { name } } }"),
    (KnownDirectivesRule, "{ cat { ...F @told(how: SMALL) } } fragment F on Cat { name }"),
    (KnownDirectivesRule, "{ cat { ...F } } fragment F on Cat @include(if: true) { name }"),
    (KnownDirectivesRule, "query A($age: Int @skip(if: true)) { dog(age: $age) { name } }"),
    (UniqueDirectivesPerLocationRule, "{ cat @skip(if: true) @skip(if: false) { name } }"),
    (DeferStreamDirectiveOnRootField, "mutation { ... @defer { add(pets: []) { name } } }"),
    (DeferStreamDirectiveOnValidOperationsRule, "subscription { cat { ... @defer { name } } }"),
    (DeferStreamDirectiveLabel, "query A($l: String) { cat { ... @defer(label: $l) { name } } }"),
    (StreamDirectiveOnListField, "{ cat @stream { name } }"),
    (KnownArgumentNamesRule, "{ dog(nope: 1) { name } }"),
    (KnownArgumentNamesRule, "{ cat { name(of: 1) } }"),
    (KnownArgumentNamesRule, "{ cat @skip(if: true, of: 1) { name } }"),
    (UniqueArgumentNamesRule, "{ dog(age: 1, age: 1) { name } }"),
    (UniqueArgumentNamesRule, "{ cat @skip(if: true, if: true) { name } }"),
    (ValuesOfCorrectTypeRule, '{ dog(age: "1") { name } }'),
    (ValuesOfCorrectTypeRule, "{ dog(age: 99999999999) { name } }"),
    (ValuesOfCorrectTypeRule, "{ dog(age: [1]) { name } }"),
    (ValuesOfCorrectTypeRule, "{ dog(age: {}) { name } }"),
    (ValuesOfCorrectTypeRule, "{ named(of: null) { name } }"),
    (ValuesOfCorrectTypeRule, "{ named(of: NAME) { name } }"),
    (ValuesOfCorrectTypeRule, "{ pets(sizes: [SMALL, TINY]) { __typename } }"),
    (ValuesOfCorrectTypeRule, "{ pets(sizes: [SMALL, null]) { __typename } }"),
    (ValuesOfCorrectTypeRule, '{ pets(sizes: "SMALL") { __typename } }'),
    (ValuesOfCorrectTypeRule, '{ pets(grid: [["x"]]) { __typename } }'),
    (ValuesOfCorrectTypeRule, "{ pets(where: {}) { __typename } }"),
    (ValuesOfCorrectTypeRule, '{ pets(where: "x") { __typename } }'),
    (ValuesOfCorrectTypeRule, '{ pets(where: [{ name: "x" }]) { __typename } }'),
    (ValuesOfCorrectTypeRule, '{ pets(where: { name: "x", nope: 1 }) { __typename } }'),
    (ValuesOfCorrectTypeRule, '{ pets(where: { name: "x", friend: { lives: 1 } }) { __typename } }'),
    (ValuesOfCorrectTypeRule, '{ pet(by: { name: "x", id: 1 }) { __typename } }'),
    (ValuesOfCorrectTypeRule, 'query A($age: Int = "x") { dog(age: $age) { name } }'),
    (ValuesOfCorrectTypeRule, "query A($age: Int! = null) { dog(age: $age) { name } }"),
    (ValuesOfCorrectTypeRule, "query A($in: PetInput = {}) { pets(where: $in) { __typename } }"),
    (ValuesOfCorrectTypeRule, "{ cat { name @include(if: 1) } }"),
    (ProvidedRequiredArgumentsRule, "{ named { name } }"),
    (ProvidedRequiredArgumentsRule, "{ cat @skip { name } }"),
    (ProvidedRequiredArgumentsRule, "{ cat @told(times: 1) { name } }"),
    (VariablesInAllowedPositionRule, "query A($of: String) { named(of: $of) { name } }"),
    (VariablesInAllowedPositionRule, "query A($of: String = null) { named(of: $of) { name } }"),
    (VariablesInAllowedPositionRule, "query A($age: String) { dog(age: $age) { name } }"),
    (VariablesInAllowedPositionRule, "query A($age: [Int]) { dog(age: $age) { name } }"),
    (VariablesInAllowedPositionRule, "query A($size: Size!) { pets(sizes: $size) { __typename } }"),
    (VariablesInAllowedPositionRule, "query A($size: Size) { pets(sizes: [$size]) { __typename } }"),
    (VariablesInAllowedPositionRule, "query A($n: String) { pets(where: { name: $n }) { __typename } }"),
    (VariablesInAllowedPositionRule, "query A($n: String) { pet(by: { name: $n }) { __typename } }"),
    (VariablesInAllowedPositionRule, "query A($on: Boolean) { cat { name @skip(if: $on) } }"),
    (
        VariablesInAllowedPositionRule,
        "query A($id: ID) { ...F } query B($id: Int) { ...F } fragment F on Query { any(id: $id) }",
    ),
    (OverlappingFieldsCanBeMergedRule, "{ cat { a: name a: lives } }"),
    (OverlappingFieldsCanBeMergedRule, "{ cat { a: name ...F } } fragment F on Cat { a: lives }"),
    (OverlappingFieldsCanBeMergedRule, "{ cat { ...F a: name } } fragment F on Cat { ... { a: lives } }"),
    (
        OverlappingFieldsCanBeMergedRule,
        "{ a: cat { name } ...F } fragment F on Query { ...G } fragment G on Query { a: dog { name } }",
    ),
    (OverlappingFieldsCanBeMergedRule, "{ pets { ... on Cat { size } ... on Dog { size } } }"),
    (OverlappingFieldsCanBeMergedRule, "{ cat { a: name } ... { cat { a: lives } } }"),
    (UniqueInputFieldNamesRule, '{ pets(where: { name: "x", name: "x" }) { __typename } }'),
    (
        MaxIntrospectionDepthRule,
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    ),
]
