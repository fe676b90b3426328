import { useLocale } from '../messages/messages.tsx';
import { Button } from '../ui/controls.tsx';

export function SharedBanner({ text, onKeep }: { text: string; onKeep(): void }) {
  const { t } = useLocale();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-accent-soft px-4 py-1.5">
      <p className="min-w-0 flex-1 text-pretty">{text}</p>
      <Button onClick={onKeep}>{t.shared.keep}</Button>
    </div>
  );
}
