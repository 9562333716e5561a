import { Group, Stack } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './layout.module.css';

type Gap = 'small' | 'normal' | 'large';
const GAPS = { small: 8, normal: 16, large: 32 } as const;

/** One under the other. */
export function Column({ gap = 'normal', children }: { readonly gap?: Gap; readonly children: ReactNode }) {
  return <Stack gap={GAPS[gap]}>{children}</Stack>;
}

/** One beside the other, on the next line where there is no room. */
export function Row({
  gap = 'normal',
  isApart = false,
  children,
}: {
  readonly gap?: Gap;
  readonly isApart?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Group className={classes.row} gap={GAPS[gap]} justify={isApart ? 'space-between' : 'flex-start'}>
      {children}
    </Group>
  );
}

/** Boxes of equal width, as many beside each other as there is room for. */
export function Grid({ children }: { readonly children: ReactNode }) {
  return <div className={classes.grid}>{children}</div>;
}

/** A page: its heading gets the focus when it is opened, its title names no case. */
export function Page({
  title,
  documentTitle = title,
  lead,
  actions,
  children,
}: {
  readonly title: string;
  readonly documentTitle?: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${documentTitle} · Vigía`;
  }, [documentTitle]);
  return (
    <Column gap="large">
      <Row isApart>
        <Column gap="small">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead ? <p className={classes.lead}>{lead}</p> : null}
        </Column>
        {actions ? <Row gap="small">{actions}</Row> : null}
      </Row>
      {children}
    </Column>
  );
}

export function Section({
  title,
  level = 2,
  actions,
  children,
}: {
  readonly title: string;
  readonly level?: 2 | 3;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const Heading = `h${level}` as const;
  return (
    <section>
      <Column>
        <Row isApart>
          <Heading>{title}</Heading>
          {actions}
        </Row>
        {children}
      </Column>
    </section>
  );
}

/** A box with a thin border. `isRaised` for what stands out of the page. */
export function Card({
  children,
  isRaised = false,
}: {
  readonly children: ReactNode;
  readonly isRaised?: boolean;
}) {
  return <div className={isRaised ? `${classes.card} ${classes.raised}` : classes.card}>{children}</div>;
}

/** Names and values, one pair a line. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** More, for who wants it. */
export function Fold({
  summary,
  children,
  isOpen = false,
}: {
  readonly summary: ReactNode;
  readonly children: ReactNode;
  readonly isOpen?: boolean;
}) {
  return (
    <details className={classes.fold} open={isOpen}>
      <summary>{summary}</summary>
      <div>{children}</div>
    </details>
  );
}
