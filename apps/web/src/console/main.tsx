import '../look/base.css'
import './console.css'
import './pages.css'
import { createRoot } from 'react-dom/client'
import { Console } from './console.tsx'

createRoot(document.getElementById('root')!).render(<Console />)
