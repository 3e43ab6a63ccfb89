/* What keys do in the text. */

const KEYS = {
  ArrowLeft: (editor) => editor.step(0, -1),
  ArrowRight: (editor) => editor.step(0, 1),
  ArrowUp: (editor) => editor.step(-1, 0),
  ArrowDown: (editor) => editor.step(1, 0),
  Home: (editor) => editor.choose(editor.row, 0),
  End: (editor) => editor.choose(editor.row, Infinity),
  Enter: (editor) => editor.openReadings(),
  F2: (editor) => editor.editLine(),
  Insert: (editor) => editor.toggleInserting(),
  Delete: (editor) => editor.remove(),
  Backspace: (editor) => editor.removeBefore(),
  "Shift+Enter": (editor) => editor.breakLine(),
  "Ctrl+ArrowRight": (editor) => editor.seek(1),
  "Ctrl+ArrowLeft": (editor) => editor.seek(-1),
  "Ctrl+Home": (editor) => editor.choose(0, 0),
  "Ctrl+End": (editor) => editor.choose(Infinity, Infinity),
  "Ctrl+z": (editor) => editor.undo(),
  "Ctrl+y": (editor) => editor.redo(),
  "Ctrl+Shift+z": (editor) => editor.redo(),
};
