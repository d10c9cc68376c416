/** A message about something that did not work. */
export function ProblemNote({ message }: { readonly message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <p class="problem" role="alert">
      {message}
    </p>
  );
}
