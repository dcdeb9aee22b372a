import { type LabIcon, MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';

import { NO_ARGS } from '../commands';

export interface IMenuItem {
  label: string;
  /** Why it is disabled, or more about it. */
  caption?: string;
  icon?: LabIcon;
  disabled?: boolean;
  /** Shown with a check mark. */
  toggled?: boolean;
  execute: () => void;
}

/** Open a menu below an element, or at a point of the window; `null` is a line between groups. */
export function openMenu(
  items: readonly (IMenuItem | null)[],
  at: HTMLElement | { x: number; y: number }
): void {
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  menu.addClass('jps-Menu');
  items.forEach((item, index) => {
    if (item === null) {
      menu.addItem({ type: 'separator' });
      return;
    }
    const command = `item-${index}`;
    commands.addCommand(command, {
      label: item.label,
      caption: item.caption ?? '',
      describedBy: NO_ARGS,
      icon: item.icon,
      isEnabled: () => !item.disabled,
      isToggled: () => item.toggled ?? false,
      isToggleable: item.toggled !== undefined,
      execute: item.execute
    });
    menu.addItem({ command });
  });
  menu.aboutToClose.connect(() => {
    // The command runs after the menu has closed.
    window.setTimeout(() => menu.dispose(), 0);
  });
  if (at instanceof HTMLElement) {
    const rect = at.getBoundingClientRect();
    menu.open(rect.left, rect.bottom);
  } else {
    menu.open(at.x, at.y);
  }
}
