import { Button as MantineButton } from '@mantine/core';
import { createLink, type LinkComponent } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react';
import classes from './button.module.css';

interface Look {
  /** `main` once a screen; `quiet` for what is seldom needed. */
  readonly look?: 'main' | 'plain' | 'quiet';
  readonly size?: 'small' | 'normal';
  readonly icon?: ReactNode;
}

interface ButtonProps extends Look {
  readonly children: ReactNode;
  readonly onClick?: () => void;
  readonly type?: 'button' | 'submit';
  readonly isBusy?: boolean;
  readonly disabled?: boolean;
  readonly label?: string;
  readonly isPressed?: boolean;
}

const variantOf = { main: 'filled', plain: 'default', quiet: 'subtle' } as const;
const namesOf = {
  small: { root: classes.small, label: classes.label },
  normal: { root: classes.root, label: classes.label },
};

export function Button({
  look = 'plain',
  size = 'normal',
  icon,
  children,
  onClick,
  type = 'button',
  isBusy,
  disabled,
  label,
  isPressed,
}: ButtonProps) {
  return (
    <MantineButton
      variant={variantOf[look]}
      size={size === 'small' ? 'compact-md' : 'md'}
      type={type}
      classNames={namesOf[size]}
      leftSection={icon}
      loading={isBusy ?? false}
      disabled={disabled ?? false}
      aria-label={label}
      aria-pressed={isPressed}
      onClick={onClick}
    >
      {children}
    </MantineButton>
  );
}

interface AnchorProps extends Look, Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'color'> {
  readonly ref?: Ref<HTMLAnchorElement>;
}

function AnchorButton({ look = 'plain', size = 'normal', icon, style, ...props }: AnchorProps) {
  return (
    <MantineButton
      component="a"
      variant={variantOf[look]}
      size={size === 'small' ? 'compact-md' : 'md'}
      classNames={namesOf[size]}
      leftSection={icon}
      {...(style ? { style } : {})}
      {...props}
    />
  );
}

const Created = createLink(AnchorButton);

/** A link to another page of the app that looks like a button. */
export const LinkButton: LinkComponent<typeof AnchorButton> = (props) => <Created {...props} />;
