import { Drawer, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts.js';
import classes from './dialog.module.css';
import { Column } from './layout.js';

interface Props {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks something before going on. Esc closes; the focus goes back to where it was. */
export function Dialog({ title, isOpen, onClose, children }: Props) {
  const t = useTexts();
  return (
    <Modal.Root opened={isOpen} onClose={onClose} centered size="lg">
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <div className={classes.head}>
          <h2>{title}</h2>
          <Modal.CloseButton aria-label={t('close')} />
        </div>
        <Modal.Body>
          <Column>{children}</Column>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** More about a row, beside the list, which keeps its place. */
export function SidePanel({ title, isOpen, onClose, children }: Props) {
  const t = useTexts();
  return (
    <Drawer.Root opened={isOpen} onClose={onClose} position="right" size="lg">
      <Drawer.Overlay />
      <Drawer.Content aria-label={title}>
        <div className={classes.head}>
          <h2>{title}</h2>
          <Drawer.CloseButton aria-label={t('close')} />
        </div>
        <Drawer.Body>
          <Column>{children}</Column>
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
