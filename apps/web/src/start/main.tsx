import '../look/base.css'
import '../look/fonts.css'
import './start.css'
import { createRoot } from 'react-dom/client'
import { speakAsBefore } from '../look/catalogue/catalogue.ts'
import { rootElement } from '../look/root-element.ts'
import { wearAsBefore } from '../look/theme.ts'
import { Start } from './start.tsx'

wearAsBefore()
void speakAsBefore().then(() => createRoot(rootElement()).render(<Start />))
