import '../look/base.css'
import '../look/fonts.css'
import './account.css'
import { createRoot } from 'react-dom/client'
import { speakAsBefore } from '../look/catalogue/catalogue.ts'
import { rootElement } from '../look/root-element.ts'
import { wearAsBefore } from '../look/theme.ts'
import { AccountPage } from './account.tsx'

wearAsBefore()
void speakAsBefore().then(() => createRoot(rootElement()).render(<AccountPage />))
