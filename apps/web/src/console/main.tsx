import '../look/base.css'
import '../look/fonts.css'
import './console.css'
import './parts.css'
import './messages.css'
import './pages.css'
import { createRoot } from 'react-dom/client'
import { speakAsBefore } from '../look/catalogue/catalogue.ts'
import { rootElement } from '../look/root-element.ts'
import { wearAsBefore } from '../look/theme.ts'
import { Console } from './console.tsx'

wearAsBefore()
void speakAsBefore().then(() => createRoot(rootElement()).render(<Console />))
