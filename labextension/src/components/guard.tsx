import * as React from 'react';

import { ErrorMark } from './marks';
import { TransContext } from './trans';

interface IGuardProps {
  /** What is shown: when it changes after a fault, it is tried again. */
  of?: unknown;
  /** Said in place of what cannot be shown. */
  text?: string;
  children: React.ReactNode;
}

/** Keeps a fault in what it holds from taking down all that is around it. */
export class Guard extends React.Component<IGuardProps, { failed: boolean }> {
  static override contextType = TransContext;
  declare context: React.ContextType<typeof TransContext>;

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    console.error('jupyter-sessions: a part of the page could not be shown', error);
  }

  override componentDidUpdate(before: IGuardProps): void {
    if (this.state.failed && before.of !== this.props.of) {
      this.setState({ failed: false });
    }
  }

  override render(): React.ReactNode {
    const trans = this.context;
    return this.state.failed ? (
      <div className="jps-Fault" data-block tabIndex={-1} role="note">
        <ErrorMark />
        <span>{this.props.text ?? trans.__('This entry cannot be shown')}</span>
      </div>
    ) : (
      this.props.children
    );
  }
}
