import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.js';
import { Button } from './button.js';

/** Copies a text, and says so. */
export function CopyButton({ text, children }: { readonly text: string; readonly children: string }) {
  const t = useTexts();
  const [isCopied, setCopied] = useState(false);
  return (
    <Button
      size="small"
      look="quiet"
      icon={isCopied ? <IconCheck aria-hidden size={16} /> : <IconCopy aria-hidden size={16} />}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setCopied(true));
      }}
    >
      {isCopied ? t('copied') : children}
    </Button>
  );
}
