/** What is loaded when the first conversation opens. */
import '../../style/calls.css';
import '../../style/cards.css';
import '../../style/conversation.css';
import '../../style/lines.css';
import '../../style/project.css';

export { ConversationModel } from '../models/conversation';
export { Mentions } from './complete/mentions';
export { FindingsOfSessions } from '../models/sessionFindings';
export { PlaceKeeper } from '../models/place';
export { KeyResultsWidget } from './cards/widget';
export { Renderer } from './renderer';
export { ConversationWidget } from './widget';
