/** Style sheets that browser code imports: the bundler puts them beside the script. */
declare module '*.css';
