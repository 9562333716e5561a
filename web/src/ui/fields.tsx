/** Fields of forms. What is asked for stands above, what helps under it, what is wrong below. */
import {
  Checkbox,
  NativeSelect,
  PasswordInput,
  Radio,
  SegmentedControl,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts.js';

interface Field<T> {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
  readonly disabled?: boolean;
}

interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly help?: string;
}

function shared<T>({ label, help, error, isRequired, disabled }: Field<T>) {
  return {
    label,
    description: help,
    error,
    required: isRequired ?? false,
    disabled: disabled ?? false,
    autoComplete: 'off',
    spellCheck: false,
    size: 'md',
  } as const;
}

export function TextField(
  props: Field<string> & {
    readonly type?: 'text' | 'search' | 'date' | 'datetime-local' | 'number';
    readonly placeholder?: string;
    readonly onEnter?: () => void;
  },
) {
  return (
    <TextInput
      {...shared(props)}
      type={props.type ?? 'text'}
      placeholder={props.placeholder}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') props.onEnter?.();
      }}
    />
  );
}

export function TextArea(props: Field<string> & { readonly lines?: number }) {
  return (
    <Textarea
      {...shared(props)}
      autosize
      minRows={props.lines ?? 3}
      maxRows={20}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

/** Can be pasted into and shown (WCAG 3.3.8). */
export function PasswordField(props: Field<string> & { readonly isNew?: boolean }) {
  const t = useTexts();
  return (
    <PasswordInput
      {...shared(props)}
      autoComplete={props.isNew ? 'new-password' : 'off'}
      value={props.value}
      visibilityToggleButtonProps={{ 'aria-label': t('field.showPassword') }}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

export function Select<T extends string>(props: Field<T> & { readonly choices: readonly Choice<T>[] }) {
  return (
    <NativeSelect
      {...shared(props)}
      value={props.value}
      data={props.choices.map(({ value, label }) => ({ value, label }))}
      onChange={(event) => props.onChange(event.currentTarget.value as T)}
    />
  );
}

export function CheckField({ label, help, value, onChange, disabled }: Field<boolean>) {
  return (
    <Checkbox
      size="md"
      label={label}
      description={help}
      checked={value}
      disabled={disabled ?? false}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

export function SwitchField({ label, help, value, onChange }: Field<boolean>) {
  return (
    <Switch
      size="md"
      label={label}
      description={help}
      checked={value}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}

/** A choice whose options are all seen; nothing is chosen while `value` is empty. */
export function RadioField<T extends string>({
  label,
  help,
  error,
  value,
  onChange,
  choices,
}: Field<T | ''> & { readonly choices: readonly Choice<T>[] }) {
  return (
    <Radio.Group
      label={label}
      description={help}
      error={error}
      value={value}
      size="md"
      onChange={(chosen) => onChange(chosen as T)}
    >
      <Stack gap={12} mt={8}>
        {choices.map((choice) => (
          <Radio
            key={choice.value}
            size="md"
            value={choice.value}
            label={choice.label}
            description={choice.help}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** Two to four short words side by side. */
export function Segments<T extends string>({
  label,
  value,
  onChange,
  choices,
}: {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly choices: readonly Choice<T>[];
}) {
  return (
    <SegmentedControl
      aria-label={label}
      size="md"
      value={value}
      data={choices.map((choice) => ({ value: choice.value, label: choice.label }))}
      onChange={(chosen) => onChange(chosen as T)}
    />
  );
}
