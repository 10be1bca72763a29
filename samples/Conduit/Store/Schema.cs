namespace Samples.Conduit.Store;

/// <summary>The tables. A name and an address belong to one account, however they are written.</summary>
internal static class Schema
{
    public const string UniqueUsername = "users_username", UniqueEmail = "users_email", UniqueSlug = "articles_slug";

    /// <summary>Run by the first connection, in one process at a time; what is there already stays as it is.</summary>
    public static readonly string[] Statements =
    [
        "SELECT pg_advisory_xact_lock(5005)",
        """
        CREATE TABLE IF NOT EXISTS users (
            id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            username text NOT NULL,
            email text NOT NULL,
            password text NOT NULL,
            bio text,
            image text)
        """,
        $"CREATE UNIQUE INDEX IF NOT EXISTS {UniqueUsername} ON users (lower(username))",
        $"CREATE UNIQUE INDEX IF NOT EXISTS {UniqueEmail} ON users (lower(email))",
        """
        CREATE TABLE IF NOT EXISTS follows (
            follower_id int REFERENCES users ON DELETE CASCADE,
            followed_id int REFERENCES users ON DELETE CASCADE,
            PRIMARY KEY (follower_id, followed_id))
        """,
        """
        CREATE TABLE IF NOT EXISTS articles (
            id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            slug text NOT NULL,
            author_id int NOT NULL REFERENCES users ON DELETE CASCADE,
            title text NOT NULL,
            description text NOT NULL,
            body text NOT NULL,
            tags text[] NOT NULL,
            created_at timestamptz(3) NOT NULL DEFAULT now(),
            updated_at timestamptz(3) NOT NULL DEFAULT now())
        """,
        $"CREATE UNIQUE INDEX IF NOT EXISTS {UniqueSlug} ON articles (slug)",
        "CREATE INDEX IF NOT EXISTS articles_author ON articles (author_id)",
        "CREATE INDEX IF NOT EXISTS articles_tags ON articles USING gin (tags)",
        """
        CREATE TABLE IF NOT EXISTS favorites (
            article_id int REFERENCES articles ON DELETE CASCADE,
            user_id int REFERENCES users ON DELETE CASCADE,
            PRIMARY KEY (article_id, user_id))
        """,
        "CREATE INDEX IF NOT EXISTS favorites_user ON favorites (user_id)",
        """
        CREATE TABLE IF NOT EXISTS comments (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            article_id int NOT NULL REFERENCES articles ON DELETE CASCADE,
            author_id int NOT NULL REFERENCES users ON DELETE CASCADE,
            body text NOT NULL,
            created_at timestamptz(3) NOT NULL DEFAULT now())
        """,
        "CREATE INDEX IF NOT EXISTS comments_article ON comments (article_id)",
    ];
}
