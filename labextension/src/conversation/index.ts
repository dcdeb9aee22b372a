/** What is loaded when the first conversation opens. */
export { ConversationModel } from '../models/conversation';
export { Mentions } from './complete/mentions';
export { PlaceKeeper } from '../models/place';
export { Renderer } from './renderer';
export { ConversationWidget } from './widget';
