import type { ComponentProps, ReactNode } from 'react'
import { useId } from 'react'

type FieldProps = { readonly label: string; readonly hint?: string } & Omit<ComponentProps<'input'>, 'id'>

export function Field({ label, hint, ...input }: FieldProps): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} {...input} aria-describedby={hint ? `${id}-hint` : undefined} />
      {hint ? (
        <small id={`${id}-hint`} className="quiet">
          {hint}
        </small>
      ) : null}
    </div>
  )
}

export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '')
