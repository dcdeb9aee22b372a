export { type ISchemaEditorProps, SchemaEditor } from './editor';
export type { Check } from './draft';
export type { JsonObject } from './json';
