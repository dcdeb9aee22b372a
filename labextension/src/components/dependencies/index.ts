export { DependenciesEditor, type IDependenciesEditorProps } from './editor';
export { blockedText, choiceFields, standOf } from './states';
