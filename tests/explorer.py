"""GraphiQL in a tab of a browser: what is typed into it, and what it shows."""

import json

from tests.browser import Page

EDITOR = "document.querySelector('.graphiql-query-editor .CodeMirror')"
ANSWER = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
PRESS = "document.querySelector('.graphiql-execute-button').click()"

# Whether what is written there has been read: GraphiQL looks a while after the last key which operation there
# is, and would run the one from before. What it draws late may write over what was typed.
_READ = """(written => {
  const editor = (%s || {}).CodeMirror;
  if (!editor) return false;
  if (editor.getValue() !== written) editor.setValue(written);
  return ((editor.documentAST || {}).loc || {}).source?.body === written;
})(%s)"""


async def execute(page: Page, document: str) -> None:
    """Type the document in the place of what is there, and press the button."""
    await page.until(_READ % (EDITOR, json.dumps(document)))
    await page.run(PRESS)
