/** What is analysed. Apart from the analysis itself, which a process that only asks for it need not load. */
export const ANALYZED_LANGUAGES = [
  'python',
  'javascript',
  'typescript',
  'bash',
  'c',
  'cpp',
  'go',
  'java',
  'php',
  'ruby',
  'rust',
] as const;
export type AnalyzedLanguage = (typeof ANALYZED_LANGUAGES)[number];

export function isAnalyzed(language: string): language is AnalyzedLanguage {
  return (ANALYZED_LANGUAGES as readonly string[]).includes(language);
}

export class UnsupportedLanguageError extends Error {
  override readonly name = 'UnsupportedLanguageError';

  constructor(language: string) {
    super(`${language} is not analysed; ${ANALYZED_LANGUAGES.join(', ')} are`);
  }
}
