using System.Text;

namespace Prebake.Crosstalk;

/// <summary>
/// What has been seen that may not be, by kind: how often, and the first examples with the history of their connection.
/// </summary>
internal sealed class Findings
{
    private const int Examples = 2;
    private readonly SortedDictionary<string, (int Count, List<string> First)> _kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _answers = new(StringComparer.Ordinal);

    /// <summary>How many answers came whole.</summary>
    public int Answers { get; private set; }

    public bool IsEmpty
    {
        get { lock (_kinds) return _kinds.Count == 0; }
    }

    public void Answered(string shape)
    {
        lock (_kinds)
        {
            Answers++;
            _answers[shape] = _answers.GetValueOrDefault(shape) + 1;
        }
    }

    public void Add(string kind, string what, IEnumerable<string>? history = null)
    {
        lock (_kinds)
        {
            (int count, List<string> first) = _kinds.GetValueOrDefault(kind, (0, []));
            string since = history is null ? "" : "\n      " + string.Join("\n      ", history.TakeLast(12));
            if (first.Count < Examples) first.Add(what + since);
            _kinds[kind] = (count + 1, first);
        }
    }

    /// <summary>The shapes that have been answered: what others would show has not been looked for.</summary>
    public IEnumerable<string> Seen
    {
        get { lock (_kinds) return [.. _answers.Keys]; }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        lock (_kinds)
        {
            foreach ((string kind, (int count, List<string> first)) in _kinds)
            {
                text.Append($"\n{kind}: {count} times\n");
                foreach (string example in first) text.Append($"    {example}\n");
            }
        }

        return text.ToString();
    }
}
