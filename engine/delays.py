"""What a document puts off: fragments under ``@defer``, items of lists under ``@stream``."""

from typing import Final

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionNode

DEFER: Final = "defer"
STREAM: Final = "stream"


def puts_off(document: DocumentNode) -> bool:
    """Whether any of its operations may be answered in parts."""
    waiting = [
        node.selection_set
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while waiting:
        for node in waiting.pop().selections:
            if is_delayed(node):
                return True
            below = getattr(node, "selection_set", None)
            if below is not None:
                waiting.append(below)
    return False


def is_delayed(node: SelectionNode) -> bool:
    """Whether the fragment, or items of the list, may come in a part of their own."""
    return any(directive.name.value in {DEFER, STREAM} for directive in node.directives or ())
