export { DependenciesEditor, type IDependenciesEditorProps, useDispositions } from './editor';
export { blockedText, choiceFields, standOf, standText, valueText } from './states';
