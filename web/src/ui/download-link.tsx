import { Button as MantineButton } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { API } from '../api/paths.js';

/** A file that the server makes, saved by the browser. `path`: below `/download/`. */
export function DownloadLink({
  path,
  isMain = false,
  children,
}: {
  readonly path: string;
  readonly isMain?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <MantineButton
      component="a"
      variant={isMain ? 'filled' : 'default'}
      size="md"
      href={`${API}/download/${path}`}
      download
      leftSection={<IconDownload aria-hidden size={18} />}
    >
      {children}
    </MantineButton>
  );
}
