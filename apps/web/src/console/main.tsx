import '../look/base.css'
import './console.css'
import './pages.css'
import { createRoot } from 'react-dom/client'
import { rootElement } from '../look/root-element.ts'
import { Console } from './console.tsx'

createRoot(rootElement()).render(<Console />)
